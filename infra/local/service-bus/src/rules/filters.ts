import type { CorrelationFilter, Filter } from '#definitions/settings';
import { type FilterInput, systemProperty } from '#messages/filter-input';
import { compileFilter } from './sql-filter';

/** Whether a filter lets a message pass. */
export type Predicate = (input: FilterInput) => boolean;

/** A filter as a function. Throws AmqpError for an SQL expression that can't be understood. */
export function predicateOf(filter: Filter): Predicate {
  switch (filter.kind) {
    case 'true':
      return () => true;
    case 'false':
      return () => false;
    case 'correlation':
      return correlation(filter.filter);
    case 'sql':
      return compileFilter(filter.expression);
  }
}

function correlation({ properties, ...system }: CorrelationFilter): Predicate {
  const wantedSystem = Object.entries(system).filter(([, wanted]) => wanted !== undefined);
  const wantedApplication = Object.entries(properties);
  return (input) =>
    wantedSystem.every(([name, wanted]) => systemProperty(input, name) === wanted) &&
    wantedApplication.every(([name, wanted]) => input.application.get(name) === wanted);
}
