/**
 * The built window over the fake bridge in a real Chromium, under the product's content security policy: no
 * finding of axe, nothing in the console, everything reached by Tab in the order it is read, nothing cut off.
 */
import AxeBuilder from '@axe-core/playwright';
import type { Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { galleryShots, shotName, type GalleryShot } from './gallery-shots.ts';
import { FAKE_PASSPHRASE } from './fake-bridge/vault.ts';
import { startHarness, type Harness, type OpenedRenderer, type RendererOptions } from './renderer-harness.ts';

let harness: Harness;
beforeAll(async () => {
  harness = await startHarness();
});
afterAll(() => harness.dispose());

async function withPage<T>(
  options: RendererOptions,
  run: (opened: OpenedRenderer) => Promise<T>,
): Promise<T> {
  const opened = await harness.openRenderer(options);
  try {
    return await run(opened);
  } finally {
    await opened.close();
  }
}

async function arrive(page: Page, { view }: GalleryShot): Promise<void> {
  // Past the 300 ms after which skeletons are shown, by the page's own clock: nobody waits for it.
  await page.clock.runFor(500);
  if (view.click !== undefined) await page.click(view.click);
  if (view.press !== undefined) await page.keyboard.press(view.press);
  if (view.click !== undefined || view.press !== undefined) await page.clock.runFor(200);
}

const shots = galleryShots();
/** Rows of a table and levels of a book are alike: a few of them say what all would, in a tenth of the time. */
const REPEATED = ['tbody tr:nth-child(n + 6)', '[role="row"]:nth-child(n + 8)'];
const axe = async (page: Page): Promise<string[]> => {
  const builder = new AxeBuilder({ page }).options({ resultTypes: ['violations'] });
  for (const selector of REPEATED) builder.exclude(selector);
  // One frame, so axe needs no second page to put its findings together.
  const { violations } = await builder.setLegacyMode().analyze();
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')}`));
};

// Side by side, because most of the time is waiting.
describe.concurrent('every view in every state', () => {
  it.each(shots.map((shot) => [shotName(shot), shot] as const))(
    '%s has no serious finding',
    async (_name, shot) => {
      await withPage(
        {
          route: shot.view.route,
          state: shot.state,
          theme: 'dark',
          flags: shot.flag === null ? [] : [shot.flag],
        },
        async ({ page, problems }) => {
          await arrive(page, shot);
          expect(await axe(page)).toEqual([]);
          expect(problems).toEqual([]);
        },
      );
    },
  );

  const first = shots.filter(({ view, state, flag }) => state === view.states[0] && flag === null);
  it.each(first.map((shot) => [shotName(shot), shot] as const))(
    '%s stands up to light, German, compact and the smallest window',
    async (_name, shot) => {
      await withPage(
        {
          route: shot.view.route,
          state: shot.state,
          theme: 'light',
          locale: 'de',
          viewport: { width: 1024, height: 640 },
          settings: { density: 'compact', palette: 'blueOrange' },
        },
        async ({ page, problems }) => {
          await arrive(page, shot);
          expect(await axe(page)).toEqual([]);
          expect(problems).toEqual([]);
          const overflow = await page.evaluate(
            'document.documentElement.scrollWidth - document.documentElement.clientWidth',
          );
          expect(overflow).toBe(0);
        },
      );
    },
  );
});

/** What a screen reader would say of the element that has the focus. */
const FOCUSED = `(() => {
  const element = document.activeElement;
  if (!element || element === document.body) return 'page';
  const label = element.id && document.querySelector('label[for="' + CSS.escape(element.id) + '"]');
  const wrapped = element.closest('label');
  const named = document.getElementById(element.getAttribute('aria-labelledby') || '');
  const words = (named || label || wrapped || element).cloneNode(true);
  for (const hidden of words.querySelectorAll('[aria-hidden="true"]')) hidden.remove();
  const name = element.getAttribute('aria-label') || words.textContent;
  const kind = element.getAttribute('role') || { A: 'link', BUTTON: 'button', INPUT: element.type, SELECT: 'list', TEXTAREA: 'text' }[element.tagName];
  return (kind || element.tagName) + ': ' + (name || '').trim().replace(/\\s+/g, ' ');
})()`;

async function tabOrder(page: Page, most = 40): Promise<string[]> {
  const order: string[] = [];
  for (let step = 0; step < most; step += 1) {
    const now = await page.evaluate<string>(FOCUSED);
    if (now === order[0] && order.length > 1) break;
    if (now !== 'page') order.push(now);
    else if (order.length > 0) break;
    await page.keyboard.press('Tab');
  }
  return order;
}

describe('the way of the Tab key, read aloud', () => {
  it('goes through the first run', async () => {
    const order = await withPage({ route: '/', state: 'firstRun' }, ({ page }) => tabOrder(page));
    expect(order).toEqual([
      'password: Passphrase',
      'button: Show what is typed',
      'password: Repeat it',
      'button: Show what is typed',
      'button: Create vault and start practising',
      'button: I have an export',
    ]);
  });

  it('goes through the locked window', async () => {
    const order = await withPage({ route: '/', state: 'locked', flags: ['quickUnlock'] }, ({ page }) =>
      tabOrder(page),
    );
    expect(order).toEqual([
      'password: Passphrase',
      'button: Show what is typed',
      'button: Unlock',
      'button: Unlock with this system',
      'button: Restore an earlier state',
    ]);
  });

  it('goes from the skip link over bar, places and view', async () => {
    const order = await withPage({ route: '/settings/trading', state: 'full' }, ({ page }) => tabOrder(page));
    expect(order.slice(0, 25)).toEqual([
      'link: Skip to the view',
      'button: Commands and markets',
      'button: Account: Practice',
      'button: Hide amounts',
      'button: Keys',
      'button: Kill switch',
      'button: Lock',
      'link: Portfolio',
      'link: Trade',
      'link: Orders',
      'link: Alerts 2 new',
      'link: Funds',
      'link: Activity',
      'link: Accounts',
      'link: Settings',
      'button: Fold the rail',
      'link: Appearance',
      'link: Vault and lock',
      'link: Orders',
      'link: Limits',
      'link: Notifications',
      'link: Practice',
      'link: Files',
      'link: About',
      'link: Forget everything',
    ]);
    expect(order[25]).toContain('switch: Review each order before it is sent');
  });
});

/** What comes between the rail and the health strip. */
async function orderInView(route: string): Promise<readonly string[]> {
  const order = await withPage({ route, state: 'full' }, async ({ page }) => {
    await page.clock.runFor(500);
    return tabOrder(page);
  });
  const strip = order.findIndex((line) => line.startsWith('button: Practice exchangelive'));
  return order.slice(order.indexOf('button: Fold the rail') + 1, strip);
}

describe('the way of the Tab key through the views of a venue', () => {
  it('goes from the account over the sections of Funds to the transfer', async () => {
    const order = await orderInView('/funds');
    expect(order.filter((line) => !line.startsWith('TR: '))).toEqual([
      'list: Account',
      'tab: Wallets and transfer',
      'tabpanel: Wallets and transfer',
      'button: Swap the wallets',
      'combobox: Coin',
      'text: Amount',
    ]);
  });

  it('begins a withdrawal with the coin: nothing else can be pressed yet', async () => {
    expect(await orderInView('/funds/acc-fake-bybit/withdraw')).toEqual([
      'list: Account',
      'tab: Withdraw',
      'tabpanel: Withdraw',
      'combobox: Coin',
    ]);
  });

  it('enters the options chain once, at the money; arrows go on from there', async () => {
    expect(await orderInView('/options/bybit/BTC')).toEqual([
      'list: Coin',
      'radio: 21 Nov 2026',
      'button: Call 60 000: open in Trade, 640',
    ]);
  });

  it('goes through the filters of Activity into its table', async () => {
    expect((await orderInView('/activity')).map((line) => line.replace(/^TR: .*/, 'row'))).toEqual([
      'tab: Requests',
      'button: Export',
      'button: Clear',
      'tabpanel: Requests',
      'search: Operation or path',
      'list: Outcome',
      'list: Venue',
      'list: Account',
      'button: Pause',
      'row',
      'button: Older',
    ]);
  });

  it('goes from an account to its way out of what is wrong', async () => {
    expect((await orderInView('/accounts/acc-fake-misplaced')).slice(-8)).toEqual([
      'button: Trade with this account',
      'button: Rename',
      'button: Replace key',
      'button: Remove',
      'button: Change',
      'button: Key page at Bybit',
      'button: Inspect now',
      'button: Move to Bybit Testnet',
    ]);
  });
});

describe('by keyboard alone', () => {
  it('unlocks, opens the palette, goes to the settings and locks again', async () => {
    await withPage({ route: '/portfolio', state: 'locked' }, async ({ page }) => {
      await page.keyboard.type(FAKE_PASSPHRASE);
      await page.keyboard.press('Enter');
      await page.getByRole('navigation', { name: 'Places' }).waitFor();
      await page.keyboard.press('Control+k');
      await page.keyboard.type('settings');
      await page.keyboard.press('Enter');
      await page.getByRole('heading', { name: 'Settings' }).waitFor();
      await page.keyboard.press('Control+l');
      await page.getByRole('heading', { name: 'Locked' }).waitFor();
      expect(await page.locator('body').innerText()).not.toContain('Settings');
    });
  });

  it('gives the focus back to what opened a sheet', async () => {
    await withPage({ route: '/accounts', state: 'full' }, async ({ page }) => {
      const open = page.getByRole('button', { name: 'Add account' });
      await open.focus();
      await page.keyboard.press('Enter');
      await page.getByRole('dialog').waitFor();
      expect(await page.evaluate(FOCUSED)).toBe('list: Venue');
      await page.keyboard.press('Escape');
      await page.getByRole('dialog').waitFor({ state: 'detached' });
      expect(await page.evaluate(FOCUSED)).toBe('button: Add account');
    });
  });

  it('chooses what a written order survives, and keeps the focus while the warning appears', async () => {
    await withPage({ route: '/settings/trading', state: 'full' }, async ({ page }) => {
      const warning = page.getByRole('status').filter({ hasText: 'After a power cut' });
      await page.getByRole('radio', { name: 'A power cut' }).focus();
      expect(await warning.count()).toBe(0);
      await page.keyboard.press('ArrowDown');
      await warning.waitFor();
      expect(await page.evaluate(FOCUSED)).toBe('radio: Only a crash of Holdfast');
      await page.keyboard.press('ArrowUp');
      await warning.waitFor({ state: 'detached' });
      expect(await page.evaluate(FOCUSED)).toBe('radio: A power cut');
    });
  });

  it('takes no hotkey from a field', async () => {
    await withPage({ route: '/accounts', state: 'full' }, async ({ page }) => {
      await page.getByRole('button', { name: 'Add account' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('');
      await page.keyboard.type('a.b?c');
      expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('a.b?c');
      expect(await page.getByRole('dialog').count()).toBe(1);
    });
  });
});

describe('a double click on the button that sends', () => {
  const send = (page: Page) => page.locator('button.send');
  const fillTicket = async (page: Page): Promise<void> => {
    await page.getByRole('textbox', { name: 'Size' }).fill('0.01');
    await page.clock.runFor(200);
  };
  const placed = (page: Page) => page.locator('.toast.success');
  const confirmations = { orders: false, cancelAll: true };

  it('is one order, and the window says so without an alarm', async () => {
    await withPage({ route: '/trade', state: 'full', settings: { confirmations } }, async ({ page }) => {
      await fillTicket(page);
      await send(page).dblclick();
      const told = page.locator('.toast', { hasText: 'Taken for a double click' });
      await told.waitFor();
      expect(await told.innerText()).toContain('Settings, Orders');
      expect(await told.getAttribute('class')).toContain('neutral');
      expect(await placed(page).count()).toBe(1);
      expect((await page.getByRole('alert').allInnerTexts()).filter((text) => text.trim() !== '')).toEqual(
        [],
      );
    });
  });

  it('may be two orders of the same where repeats are allowed: the ticket keeps what stands in it', async () => {
    const settings = { confirmations, repeatOrders: true };
    await withPage({ route: '/trade', state: 'full', settings }, async ({ page }) => {
      await fillTicket(page);
      await send(page).click();
      await placed(page).waitFor();
      await send(page).click();
      await placed(page).nth(1).waitFor();
      expect(await page.locator('.toast').count()).toBe(2);
    });
  });
});

describe('what is typed', () => {
  it('survives a lock, except for key and secret', async () => {
    await withPage({ route: '/accounts', state: 'full' }, async ({ page }) => {
      await page.getByRole('button', { name: 'Add account' }).click();
      await page.getByRole('textbox', { name: 'Name' }).fill('Main account');
      await page.getByRole('textbox', { name: 'API key' }).fill('test-key-1');
      await page.keyboard.press('Control+l');
      await page.getByRole('heading', { name: 'Locked' }).waitFor();
      expect(await page.content()).not.toContain('test-key-1');
      await page.keyboard.type(FAKE_PASSPHRASE);
      await page.keyboard.press('Enter');
      await page.getByRole('button', { name: 'Add account' }).click();
      expect(await page.getByRole('textbox', { name: 'Name' }).inputValue()).toBe('Main account');
      expect(await page.getByRole('textbox', { name: 'API key' }).inputValue()).toBe('');
    });
  });
});
