'use client';
/** The front door of `chime-delivery/react`: every public name, and nothing else. React is an optional peer. */
export { DeliveryProvider, type DeliveryProviderProps } from './delivery-provider.tsx';
export { useDelivery } from './use-delivery.ts';
export { useDeliveries } from './use-deliveries.ts';
export { useSend } from './use-send.ts';
export { MissingProviderError } from './missing-provider-error.ts';
