import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';

type View = () => Promise<unknown>;
// Each view is a chunk of its own, loaded when it is first opened.
const views = import.meta.glob('../features/*/*View.vue') as Record<string, View>;

const view = (path: string): View => views[`../features/${path}.vue`] ?? (() => import('./MissingView.vue'));

export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/portfolio' },
  { path: '/portfolio', name: 'portfolio', component: view('portfolio/PortfolioView') },
  { path: '/trade/:venue?/:symbol?', name: 'trade', component: view('trade/TradeView') },
  { path: '/orders', name: 'orders', component: view('orders/OrdersView') },
  { path: '/alerts', name: 'alerts', component: view('alerts/AlertsView') },
  { path: '/accounts/:accountId?', name: 'accounts', component: view('accounts/AccountsView') },
  { path: '/settings/:section?', name: 'settings', component: view('settings/SettingsView') },
  { path: '/gallery', name: 'gallery', component: view('gallery/GalleryView') },
  { path: '/:rest(.*)*', redirect: '/portfolio' },
];

export const makeRouter = () => createRouter({ history: createWebHashHistory(), routes });
