import { randomUUID } from 'node:crypto';
import type { Purchase } from '#shared/domain/purchase';
import { createCatalogueCache } from '#shared/pipeline/catalogue-cache';
import type { Outcome } from '#shared/pipeline/outcome';
import { createPurchaseStore } from '#shared/pipeline/purchase-store';
import type { Stage } from '#shared/pipeline/stage';
import { StageRun } from '#shared/pipeline/stage-run';
import { settings } from './machine';
import { anEtag, memoryTable } from './memory';
import type { TestSandbox } from './sandbox';

/** One run of one stage against the sandbox, for purchases in a state that the pipeline itself would not bring about. */
export function runStage(stage: Stage, purchase: Purchase, sandbox: TestSandbox): Promise<Outcome> {
  const parts = {
    partnerCenter: sandbox.partnerCenter,
    settings,
    cache: createCatalogueCache(settings.catalogueSeconds),
    purchases: createPurchaseStore(memoryTable()),
    now: () => sandbox.now(),
    newId: randomUUID,
  };
  return stage.run(purchase, new StageRun(parts, purchase, anEtag()));
}
