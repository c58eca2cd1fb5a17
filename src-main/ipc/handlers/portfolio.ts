import type { Handlers } from '../../../src-preload/contract/index.ts';
import type { Portfolio } from '../../portfolio/portfolio.ts';
import type { CallContext } from '../router.ts';

export function portfolioHandlers(portfolio: () => Portfolio): Handlers<CallContext>['portfolio'] {
  return {
    view: () => portfolio().view(),
    refresh: () => portfolio().refresh(),
    equity: ({ range }) => portfolio().equity(range),
  };
}
