import { HoldfastError } from '../errors.ts';

/**
 * The vault's failures by their stable codes. What a person does next differs for each of them (type again,
 * restore a generation, update Holdfast, choose another file), so they are never merged into one message.
 */

export function lockedError(): HoldfastError {
  return new HoldfastError('locked', 'vault.locked', 'The vault is locked.', { action: 'unlock' });
}

export function wrongPassphrase(): HoldfastError {
  return new HoldfastError('vault', 'vault.wrongPassphrase', 'This passphrase does not open the vault.');
}

export function damaged(what: string): HoldfastError {
  return new HoldfastError('vault', 'vault.damaged', `The vault file is damaged: ${what}.`, {
    action: 'restoreGeneration',
  });
}

export function newerVersion(version: number): HoldfastError {
  return new HoldfastError(
    'vault',
    'vault.newerVersion',
    `The vault was written by a newer Holdfast (format ${version}). Update Holdfast to open it.`,
    { action: 'update' },
  );
}

export function notAVault(): HoldfastError {
  return new HoldfastError('vault', 'vault.notAVault', 'This file is not a Holdfast vault.');
}

export function weakKdf(what: string): HoldfastError {
  return new HoldfastError('vault', 'vault.weakKdf', `The vault file was refused: ${what}.`);
}

export function wrongFileKind(wanted: 'vault' | 'export'): HoldfastError {
  const message =
    wanted === 'vault'
      ? 'This file is an export, not the vault itself. Import it instead.'
      : 'This file is a vault, not an export.';
  return new HoldfastError('vault', 'vault.wrongFileKind', message);
}

export function vaultExists(): HoldfastError {
  return new HoldfastError('vault', 'vault.exists', 'There is a vault already.');
}

export function vaultAbsent(): HoldfastError {
  return new HoldfastError('notFound', 'vault.absent', 'There is no vault yet.');
}

export function keyNotFound(): HoldfastError {
  return new HoldfastError('notFound', 'vault.keyNotFound', 'This key is not in the vault any more.');
}

export function alreadyUnlocked(): HoldfastError {
  return new HoldfastError('vault', 'vault.alreadyUnlocked', 'The vault is unlocked already.');
}

export function changedOnDisk(): HoldfastError {
  return new HoldfastError(
    'vault',
    'vault.changedOnDisk',
    'Another program changed the vault file. Nothing was saved. Lock and unlock to read it again.',
    { action: 'lock' },
  );
}

export function vaultBusy(): HoldfastError {
  return new HoldfastError(
    'vault',
    'vault.busy',
    'Another Holdfast is saving the vault at this moment. Try again.',
  );
}

export function throttled(retryAfterMs: number): HoldfastError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  return new HoldfastError(
    'throttled',
    'vault.throttled',
    `Too many wrong passphrases. Wait ${seconds} s before the next try.`,
    { retryAfterMs },
  );
}

export function workerFailed(cause?: unknown): HoldfastError {
  return new HoldfastError(
    'internal',
    'vault.workerFailed',
    'The vault stopped unexpectedly and was locked.',
    { action: 'unlock' },
    cause,
  );
}

export function kdfFailed(cause?: unknown): HoldfastError {
  return new HoldfastError(
    'vault',
    'vault.kdfFailed',
    'The key could not be derived. The machine may be short of memory.',
    {},
    cause,
  );
}

export function quickUnlockInvalid(): HoldfastError {
  return new HoldfastError(
    'vault',
    'vault.quickUnlockInvalid',
    'Quick unlock does not fit this vault any more. Use the passphrase and turn quick unlock on again.',
    { action: 'usePassphrase' },
  );
}

export function saveNotVerified(cause?: unknown): HoldfastError {
  return new HoldfastError(
    'storage',
    'vault.saveNotVerified',
    'What was written could not be read back. The vault file was not changed; the disk may be failing.',
    {},
    cause,
  );
}
