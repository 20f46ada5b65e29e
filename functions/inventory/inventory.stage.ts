import { checkInventory as askInventory } from '#shared/partner-center/resources/inventory';
import type { Stage } from '#shared/pipeline/run-stage';
import { inventoryQuestions } from './build-questions';
import { judgeInventory } from './judge-inventory';
import { judgeVariables } from './judge-variables';

/** Asks whether the offers that need it can be bought now; nothing is reserved by asking (page "Check inventory"). */
export const checkInventory: Stage = {
  name: 'inventory',
  async run(purchase, world) {
    const refusal = judgeVariables(purchase);
    if (refusal) return refusal;
    const questions = inventoryQuestions(purchase);
    const answers = await Promise.all(
      questions.map(async ({ question, offers }) => ({
        offers,
        items: await askInventory(world.partnerCenter, question, world.read()),
      })),
    );
    return judgeInventory(answers);
  },
};
