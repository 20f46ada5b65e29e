import { getOrder } from '#shared/partner-center/orders';
import type { Stage } from '#shared/pipeline/stage';
import { judgeOrders } from './judge-orders';

/** Reads each pending order by its id; the list would lag behind by up to 15 minutes (page "Get an order by ID"). */
export const followOrders: Stage = {
  name: 'tracking',
  async run(purchase, world) {
    const pending = (purchase.orders ?? []).filter(({ status }) => status === 'pending');
    const answers = await Promise.all(
      pending.map(({ orderId }) =>
        getOrder(world.partnerCenter, purchase.request.customerId, orderId, {}, world.read()),
      ),
    );
    return judgeOrders(purchase, answers, world.policy.trackingIntervalsSeconds);
  },
};
