import { EventEmitter } from 'node:events';
import { describe, expect, it, vi } from 'vitest';
import { Notifications, plainLine } from '../../../src-main/shell/notifications.ts';

class FakeNotification extends EventEmitter {
  readonly options: { title?: string; body?: string; icon?: string };
  shown = 0;
  constructor(options: FakeNotification['options']) {
    super();
    this.options = options;
  }
  show(): void {
    this.shown += 1;
  }
  close(): void {
    this.emit('close');
  }
}

function setUp(supported = true) {
  const made: FakeNotification[] = [];
  const closed: FakeNotification[] = [];
  const create = (options: FakeNotification['options']): FakeNotification => {
    const notification = new FakeNotification(options);
    notification.on('close', () => closed.push(notification));
    made.push(notification);
    return notification;
  };
  const parts = { isSupported: () => supported, create, icon: '/icon.png' };
  return { notifications: new Notifications(parts as never), made, closed };
}

describe('Notifications', () => {
  it('shows title and body with our icon, and nothing else', () => {
    const { notifications, made } = setUp();
    expect(notifications.show({ title: 'BTC/USDT above 90 000', body: 'Last price 90 001' })).toBe(true);
    expect(made[0]?.options).toEqual({
      title: 'BTC/USDT above 90 000',
      body: 'Last price 90 001',
      icon: '/icon.png',
    });
    expect(made[0]?.shown).toBe(1);
  });

  it('calls back when it is clicked', () => {
    const { notifications, made } = setUp();
    const onClick = vi.fn<() => void>();
    notifications.show({ title: 'a', body: 'b', onClick });
    made[0]?.emit('click');
    expect(onClick).toHaveBeenCalledOnce();
  });

  it('says so where the desktop has none', () => {
    const { notifications, made } = setUp(false);
    expect(notifications.show({ title: 'a', body: 'b' })).toBe(false);
    expect(made).toEqual([]);
  });

  it('closes the oldest when too many are open, and all on lock', () => {
    const { notifications, made, closed } = setUp();
    for (let index = 0; index < 12; index += 1) notifications.show({ title: String(index), body: '' });
    expect(closed).toEqual(made.slice(0, 2));
    notifications.closeAll();
    expect(closed).toHaveLength(12);
    notifications.dispose();
    expect(closed).toHaveLength(12);
  });

  it('forgets one that the person closed', () => {
    const { notifications, made, closed } = setUp();
    notifications.show({ title: 'a', body: '' });
    made[0]?.close();
    notifications.closeAll();
    expect(closed).toHaveLength(1);
  });
});

describe('plainLine', () => {
  it.each([
    ['two\nlines\tand\u0000controls', 'two lines and controls'],
    ['<b>bold</b> & <img src=x>', '‹b›bold‹/b› ＆ ‹img src=x›'],
    ['evil\u202Etxt', 'evil txt'],
    ['  spaced  ', 'spaced'],
    ['', ''],
  ])('turns %j into %j', (text, line) => {
    expect(plainLine(text, 100)).toBe(line);
  });

  it('cuts by characters, never through one', () => {
    expect(plainLine('abcdef', 4)).toBe('abc…');
    expect(plainLine('😀😀😀', 3)).toBe('😀😀😀');
    expect(plainLine('😀😀😀😀', 3)).toBe('😀😀…');
  });
});
