'use client';
/** The entry point of `chime-delivery/react`: all public names. React is an optional peer dependency. */
export { DeliveryProvider, type DeliveryProviderProps } from './delivery-provider.ts';
export { useDelivery } from './use-delivery.ts';
export { useDeliveries } from './use-deliveries.ts';
export { useMessages } from './use-messages.ts';
export type { MergedMessage, MergeOptions } from '../merge-deliveries.ts';
export { useSend } from './use-send.ts';
export { MissingProviderError } from './missing-provider-error.ts';
