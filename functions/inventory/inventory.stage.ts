import { checkInventory } from '#shared/partner-center/resources/inventory';
import type { Stage } from '#shared/pipeline/stage';
import { buildQuestions } from './build-questions';
import { judgeInventory } from './judge-inventory';
import { judgeVariables } from './judge-variables';

/** Asks whether the offers that need it can be bought now; nothing is reserved by asking (page "Check inventory"). */
export const inventoryStage: Stage<'inventory'> = {
  name: 'inventory',
  async run(purchase, context) {
    const rejection = judgeVariables(purchase);
    if (rejection) return rejection;
    const questions = buildQuestions(purchase);
    const answers = await Promise.all(
      questions.map(async ({ question, offers }) => ({
        offers,
        items: await checkInventory(context.partnerCenter, question, context.read()),
      })),
    );
    return judgeInventory(answers);
  },
};
