/** The port by which a message is persisted before it is dispatched. */
import type { TrackedDelivery } from '../delivery.ts';

/** Where messages are kept until they are answered. */
export interface Outbox {
  /**
   * Resolves when `delivery` may leave: it is kept, or cannot be, and what an earlier life has left is known. `isNew`: its token
   * was generated just now.
   */
  persist(delivery: TrackedDelivery, isNew: boolean): Promise<void>;
  /**
   * It is certain that nothing of it has left so far. False where that cannot be kept now. `isLast`: nothing of it will leave
   * from here any more.
   */
  markUnsent(delivery: TrackedDelivery, isLast?: boolean): boolean;
  /** Whether it may leave: not while what is kept may say that nothing of it has left. */
  clearUnsent(delivery: TrackedDelivery): true | Promise<boolean>;
}
