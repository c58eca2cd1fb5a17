import { defineAsyncComponent, h, type Component } from 'vue';

const strips = import.meta.glob<{ default: Component }>('../features/health/HealthStrip.vue');
const load = strips['../features/health/HealthStrip.vue'];

/** Where the health strip stands. */
export default load === undefined ? { render: () => h('div') } : defineAsyncComponent(load);
