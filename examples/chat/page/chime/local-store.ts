// Keeps what is pending over a reload, in the page's localStorage. An app has more room in IndexedDB (see docs/guide.md).
import type { DeliveryStore } from 'chime-delivery';

export const localStore: DeliveryStore = {
  getKeys: async (base = '') => Object.keys(localStorage).filter((key) => key.startsWith(base)),
  getItem: async (key) => localStorage.getItem(key),
  setItem: async (key, value) => localStorage.setItem(key, value),
  removeItem: async (key) => localStorage.removeItem(key),
};
