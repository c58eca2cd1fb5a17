/**
 * Stands in the bundle for ajv, which electron-store brings for settings with a JSON schema. Ours have none
 * (they are parsed by our own code), and ajv would add 380 KB that generate code from text at run time.
 */
export class Ajv2020 {
  constructor() {
    throw new Error('Settings schemas are not part of this build.');
  }
}

export default { default: (): void => undefined };
