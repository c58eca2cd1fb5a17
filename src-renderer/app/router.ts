import { createRouter, createWebHashHistory, type RouteRecordRaw } from 'vue-router';

// Each view is a chunk of its own, loaded when it is first opened.
export const routes: RouteRecordRaw[] = [
  { path: '/', redirect: '/portfolio' },
  {
    path: '/portfolio',
    name: 'portfolio',
    component: () => import('../features/portfolio/PortfolioView.vue'),
  },
  {
    path: '/trade/:venue?/:symbol?',
    name: 'trade',
    component: () => import('../features/trade/TradeView.vue'),
  },
  { path: '/orders', name: 'orders', component: () => import('../features/orders/OrdersView.vue') },
  { path: '/alerts', name: 'alerts', component: () => import('../features/alerts/AlertsView.vue') },
  {
    path: '/options/:venue/:base?',
    name: 'options',
    component: () => import('../features/options/OptionsView.vue'),
  },
  {
    path: '/funds/:accountId?/:section?',
    name: 'funds',
    component: () => import('../features/funds/FundsView.vue'),
  },
  { path: '/activity', name: 'activity', component: () => import('../features/activity/ActivityView.vue') },
  {
    path: '/accounts/:accountId?',
    name: 'accounts',
    component: () => import('../features/accounts/AccountsView.vue'),
  },
  {
    path: '/settings/:section?',
    name: 'settings',
    component: () => import('../features/settings/SettingsView.vue'),
  },
  // Not linked from anywhere: for the pictures and tests of the shared components.
  { path: '/gallery', name: 'gallery', component: () => import('../features/gallery/GalleryView.vue') },
  { path: '/:rest(.*)*', redirect: '/portfolio' },
];

export const makeRouter = () => createRouter({ history: createWebHashHistory(), routes });
