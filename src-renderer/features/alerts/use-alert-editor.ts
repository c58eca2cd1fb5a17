import { computed, ref, shallowRef } from 'vue';
import type { ErrorShape } from '../../../src-preload/contract/result.ts';
import type { Alert, AlertDraft } from '../../../src-preload/contract/types/alert.ts';
import { useDraft } from '../../lib/use-draft.ts';
import { blankForm, formOf } from './alert-form.ts';
import type { AlertFormValues } from './alert-form.ts';
import { useAlertsStore } from './alerts-store.ts';

interface Kept {
  /** The alert that is being changed; null = a new one. */
  editing: string | null;
  form: AlertFormValues;
  /** True while what is typed has not been saved or thrown away. */
  open: boolean;
}

/** The sheet with the form. What is typed survives navigation and lock, and is opened again. */
export function useAlertEditor() {
  const store = useAlertsStore();
  const kept = useDraft('alerts.form', (): Kept => ({ editing: null, form: blankForm(), open: false }));
  const error = shallowRef<ErrorShape | null>(null);
  const saving = ref(false);

  function start(editing: string | null, form: AlertFormValues): void {
    error.value = null;
    kept.editing = editing;
    kept.form = form;
    kept.open = true;
  }

  /** Saves; answers the alert, or null when main refused (`error` says why). */
  async function save(draft: AlertDraft): Promise<Alert | null> {
    if (saving.value) return null;
    saving.value = true;
    const answer =
      kept.editing === null ? await store.create(draft) : await store.update(kept.editing, draft);
    saving.value = false;
    error.value = answer.ok ? null : answer.error;
    if (!answer.ok) return null;
    kept.open = false;
    kept.form = blankForm();
    kept.editing = null;
    return answer.value;
  }

  return {
    error,
    saving,
    isOpen: computed({ get: () => kept.open, set: (value) => (kept.open = value) }),
    isEditing: computed(() => kept.editing !== null),
    form: computed({ get: () => kept.form, set: (value) => (kept.form = value) }),
    /** A new alert goes on with what was typed before; an edit left half-way does not leak into it. */
    create: () => start(null, kept.editing === null ? kept.form : blankForm()),
    edit: (alert: Alert) => start(alert.id, formOf(alert)),
    save,
  };
}
