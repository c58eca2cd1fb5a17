import type { VaultCore } from './vault-core.ts';
import type { Answer, OperationName, WorkerRequest } from './worker-protocol.ts';

/** Runs one request on the core. The switch is exhaustive: an operation nobody handles does not compile. */
export async function perform(core: VaultCore, request: WorkerRequest): Promise<Answer<OperationName>> {
  switch (request.name) {
    case 'configure':
      core.configure(request.args.limits, request.args.targetMs);
      return null;
    case 'create':
      return core.create(request.args);
    case 'createFromExport':
      return core.createFromExport(request.args);
    case 'open':
      return core.open(request.args);
    case 'openWithWrappedKey':
      return core.openWithWrappedKey(request.args);
    case 'checkPassphrase':
      return core.checkPassphrase(request.args.passphrase);
    case 'stage':
      return core.stage(request.args);
    case 'verifyStaged':
      core.verifyStaged(request.args.bytes);
      return null;
    case 'commit':
      return core.commit();
    case 'discard':
      core.discard();
      return null;
    case 'sign':
      return core.ring.sign(request.args.keyId, request.args.algorithm, request.args.payload);
    case 'headerSecret':
      return core.ring.headerSecret(request.args.keyId);
    case 'ledgerKey':
      return core.ring.ledgerKey();
    case 'sealExport':
      return core.sealExport(request.args);
    case 'wrapKek':
      return core.wrapKek(request.args.context);
    case 'close':
      core.close();
      return null;
  }
}
