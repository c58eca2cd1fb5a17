// @vitest-environment happy-dom
import { X } from '@lucide/vue';
import { mount } from '@vue/test-utils';
import { TooltipProvider } from 'reka-ui';
import { describe, expect, it, vi } from 'vitest';
import { h } from 'vue';
import UiIconButton from '../../../../src-renderer/ui/UiIconButton.vue';

describe('an icon button', () => {
  it('hears the click although a tooltip is its root', async () => {
    const clicked = vi.fn();
    const view = mount(() =>
      h(TooltipProvider, () =>
        h(UiIconButton, { icon: X, label: 'Close', onClick: clicked, 'data-id': 'one' }),
      ),
    );
    await view.get('button').trigger('click');
    expect(clicked).toHaveBeenCalledOnce();
    expect(view.get('button').attributes('data-id')).toBe('one');
  });
});
