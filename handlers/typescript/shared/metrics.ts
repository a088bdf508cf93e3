/**
 * Metrics in the log (CloudWatch embedded metric format, one line per request).
 *
 * See contract/aws.yaml#emf-on-standard-output.
 */

import { FUNCTION_VERSION } from "./log.ts";
import { IMPLEMENTATION } from "./version.ts";

const DEFINITION = [
  {
    // Each stack has its own; otherwise the stacks of an account would share metrics.
    Namespace: process.env["METRICS_NAMESPACE"] || "ParityReferenceService",
    // Neither ids nor the version are dimensions: each combination of values is a
    // metric that costs money. The empty set is the sum over all operations, for use in
    // an alarm.
    Dimensions: [["operation", "implementation"], []],
    Metrics: [
      { Name: "Requests", Unit: "Count" },
      { Name: "Latency", Unit: "Microseconds" },
      { Name: "ClientFaults", Unit: "Count" },
      { Name: "ServerFaults", Unit: "Count" },
      { Name: "ColdStarts", Unit: "Count" },
    ],
  },
];

/** The measurements of one request; the latency is in microseconds. */
export interface Measured {
  readonly operation: string;
  readonly status: number;
  readonly latency: number;
  readonly coldStart: boolean;
}

/** Return the metric line of a request. */
export function metricLine(measured: Measured): object {
  return {
    _aws: { Timestamp: Date.now(), CloudWatchMetrics: DEFINITION },
    operation: measured.operation,
    implementation: IMPLEMENTATION,
    functionVersion: FUNCTION_VERSION,
    Requests: 1,
    Latency: measured.latency,
    ClientFaults: Number(measured.status >= 400 && measured.status < 500),
    ServerFaults: Number(measured.status >= 500),
    ColdStarts: Number(measured.coldStart),
  };
}
