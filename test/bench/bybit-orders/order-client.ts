/**
 * A process that places orders with everybody in turn and reports how long each took, in microseconds. Taking turns
 * order by order, nobody alone is hit by what else this machine does. Arguments: transport, origin of the server,
 * orders each.
 */
import { bybitApiRest, bybitApiSocket, ccxtRest, ccxtSocket, floorRest, floorSocket } from './peers.ts';
import { type Contender, openVault, ownAccount } from './own-account.ts';

export const CONTENDERS = ['ours', 'floor', 'bybit-api', 'ccxt'] as const;
export type ContenderName = (typeof CONTENDERS)[number];
export type OrderReport = Readonly<Record<ContenderName, readonly number[]>>;
/** Sent when the warm-up is over, and answered with "go". */
export const WARM = 'warm';

const WARM_UP = 400;

async function main(transport: 'http' | 'websocket', origin: string, orders: number): Promise<void> {
  const vault = await openVault();
  const isHttp = transport === 'http';
  const contenders: Readonly<Record<ContenderName, Contender>> = {
    ours: await ownAccount(origin, vault.signer, transport),
    floor: await (isHttp ? floorRest : floorSocket)(origin),
    'bybit-api': await (isHttp ? bybitApiRest : bybitApiSocket)(origin),
    ccxt: await (isHttp ? ccxtRest : ccxtSocket)(origin),
  };
  const micros: Record<ContenderName, number[]> = { ours: [], floor: [], 'bybit-api': [], ccxt: [] };
  const inTurn = async (from: number, count: number): Promise<void> => {
    for (let round = from; round < from + count; round += 1) {
      for (let turn = 0; turn < CONTENDERS.length; turn += 1) {
        // Everybody comes after everybody: what one leaves to clean up is not always the next one's.
        const step = round % 2 === 0 ? turn : CONTENDERS.length - turn;
        const name = CONTENDERS[(round + step) % CONTENDERS.length] ?? 'ours';
        const start = performance.now();
        const id = await contenders[name].place(`${name}-${round}`);
        micros[name].push((performance.now() - start) * 1_000);
        if (!id.startsWith('c6f055d9-')) throw new Error(`${name} did not get the id of its order: ${id}`);
      }
    }
  };
  await inTurn(0, WARM_UP);
  for (const name of CONTENDERS) micros[name].length = 0;
  const going = new Promise((resolve) => process.once('message', resolve));
  process.send?.(WARM);
  await going;
  await inTurn(WARM_UP, orders);
  for (const name of CONTENDERS) await contenders[name].close();
  await vault.close();
  process.send?.(micros, () => process.exit(0));
}

const [transport, origin = '', orders = '0'] = process.argv.slice(2);
if (process.send !== undefined && process.argv[1] === import.meta.filename) {
  // The bench was interrupted: nobody waits for a report.
  process.on('disconnect', () => process.exit(0));
  await main(transport === 'http' ? 'http' : 'websocket', origin, Number(orders));
}
