/**
 * Stands in the bundle for semver, which electron-store brings for migrations between versions of a settings
 * file. Ours has none (an unknown or missing field takes its default), and semver would add 65 KB.
 */
function unused(): never {
  throw new Error('Settings migrations are not part of this build.');
}

export default {
  Range: unused,
  compare: unused,
  gt: unused,
  lte: unused,
  minVersion: unused,
  satisfies: unused,
  valid: unused,
};
