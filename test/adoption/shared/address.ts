// Where the page's service is, and who its user is: the address of the page says so.
import type { DeliveryStore } from 'chime-delivery';

const query = new URLSearchParams(location.search);
const read = (name: string): string => query.get(name) ?? '';

export const region: string = read('region');
export const endpoint: string = read('endpoint');
export const member: string = read('user');
export const channelArn: string = read('channel');

export const store: DeliveryStore = {
  getKeys: (base = '') => Object.keys(localStorage).filter((key) => key.startsWith(base)),
  getItem: (key) => localStorage.getItem(key),
  setItem: (key, value) => localStorage.setItem(key, value),
  removeItem: (key) => localStorage.removeItem(key),
};
