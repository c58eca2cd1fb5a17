import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { KillSwitch } from '../../risk/kill-switch.ts';
import type { RiskDesk } from '../../risk/risk-desk.ts';
import type { SizeDesk } from '../../risk/size-desk.ts';
import type { CallContext } from '../router.ts';

/** What is there while the vault is open. */
interface RiskParts {
  readonly risk: RiskDesk;
  readonly killSwitch: KillSwitch;
  readonly sizes: SizeDesk;
}

/** `live` throws `locked` while the vault is not open. */
export function riskHandlers(live: () => RiskParts): Handlers<CallContext>['risk'] {
  return {
    limits: () => live().risk.limits(),
    setLimits: ({ accountId, limits, passphrase }) => live().risk.setLimits(accountId, limits, passphrase),
    use: () => live().risk.use(),
    killSwitch: () => live().killSwitch.status(),
    engageKillSwitch: ({ flatten }) => live().killSwitch.engage(flatten),
    releaseKillSwitch: ({ passphrase }) => live().killSwitch.release(passphrase),
    positionSize: (wish) => live().sizes.positionSize(wish),
  };
}
