import type { KillStep, KillSwitchStatus } from '../../../../src-preload/contract/types/risk.ts';

export const OFF: KillSwitchStatus = {
  engaged: false,
  engagedAt: null,
  flatten: false,
  progress: 'off',
  steps: [],
};

export const engaged = (change: Partial<KillSwitchStatus> = {}): KillSwitchStatus => ({
  ...OFF,
  engaged: true,
  engagedAt: 1_780_000_000_000,
  progress: 'working',
  ...change,
});

export const step = (name: string, change: Partial<KillStep> = {}): KillStep => ({
  accountId: 'acc-1',
  kind: 'order',
  symbol: 'BTC/USDT:USDT',
  name,
  result: 'pending',
  message: null,
  ...change,
});
