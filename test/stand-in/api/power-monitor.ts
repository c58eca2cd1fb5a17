import { EventEmitter } from 'node:events';
import type { PowerMonitor } from 'electron';

type Surface = Pick<
  PowerMonitor,
  | 'getSystemIdleTime'
  | 'getSystemIdleState'
  | 'isOnBatteryPower'
  | 'onBatteryPower'
  | 'getCurrentThermalState'
>;

/** A machine that never sleeps or idles unless a test says so. */
export class StandInPowerMonitor extends EventEmitter implements Surface {
  #idleSeconds = 0;
  #locked = false;
  onBatteryPower = false;

  getSystemIdleTime(): number {
    return this.#idleSeconds;
  }

  getSystemIdleState(idleThreshold: number): 'active' | 'idle' | 'locked' | 'unknown' {
    if (!(idleThreshold > 0))
      throw new TypeError('Invalid idle threshold, must be greater than or equal to 0');
    if (this.#locked) return 'locked';
    return this.#idleSeconds >= idleThreshold ? 'idle' : 'active';
  }

  isOnBatteryPower(): boolean {
    return this.onBatteryPower;
  }

  getCurrentThermalState(): 'nominal' {
    return 'nominal';
  }

  simulateIdle(seconds: number): void {
    this.#idleSeconds = seconds;
  }

  simulate(event: PowerEvent): void {
    if (event === 'lock-screen') this.#locked = true;
    if (event === 'unlock-screen') this.#locked = false;
    this.emit(event);
  }
}

export type PowerEvent = 'suspend' | 'resume' | 'lock-screen' | 'unlock-screen' | 'shutdown';

export const powerMonitor = new StandInPowerMonitor();
