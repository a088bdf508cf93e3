/** AWS's clients: each is created once, when the function's module is loaded. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { version as SDK_VERSION } from "@aws-sdk/client-dynamodb/package.json";
import { S3Client } from "@aws-sdk/client-s3";
import type {
  AwsCredentialIdentity,
  HttpRequest,
  MiddlewareStack,
} from "@aws-sdk/types";
import toFastProperties from "to-fast-properties";

// The function must respond within 29 s. One call makes at most 2 attempts, each of at
// most 1 s to connect (for every address of the host) and 3 s to read. Between them is
// a pause, whose length AWS may set. All that is within the 15 s that `Deadline`
// reserves for a call.
const CONFIG = {
  // The chain of middleware is the same for all commands of one class.
  cacheMiddleware: true,
  maxAttempts: 2,
  retryMode: "standard",
  requestHandler: {
    connectionTimeout: 1_000,
    socketTimeout: 3_000,
    // The largest number of shards that a list can have.
    httpAgent: { maxSockets: 32 },
    httpsAgent: { maxSockets: 32 },
  },
};

const USER_AGENT = `aws-sdk-js/${SDK_VERSION}`;

/** Return a new client; it uses AWS_ENDPOINT_URL if that is not empty. */
export function dynamodbClient(): DynamoDBClient {
  const client = new DynamoDBClient(CONFIG);
  lighten(client.middlewareStack);
  // The SDK builds it in so many steps that V8 stores it as a hash table. That is slow
  // to copy, and each call copies it several times.
  toFastProperties(client.config);
  return client;
}

/** Return a new client; with AWS_ENDPOINT_URL not empty, the bucket is in the path. */
export function s3Client(): S3Client {
  const client = new S3Client({
    ...CONFIG,
    forcePathStyle: endpointUrl() !== "",
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  });
  lighten(client.middlewareStack);
  toFastProperties(client.config);
  return client;
}

/**
 * Remove work that a client would repeat for each call, and that is useless here.
 *
 * A client prepares log entries although it has no logger, and builds its user agent,
 * which is a constant here.
 */
function lighten<Input extends object, Output extends object>(
  middleware: MiddlewareStack<Input, Output>,
): void {
  middleware.remove("loggerMiddleware");
  middleware.remove("getUserAgentMiddleware");
  middleware.add(
    (next) => (call) => {
      (call.request as HttpRequest).headers["user-agent"] = USER_AGENT;
      return next(call);
    },
    { step: "build", name: "userAgent" },
  );
}

/** Return a variable of the function's environment; throws if it is not set. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new RangeError(`${name} is not set`);
  return value;
}

/** Return the region of the function. */
export function regionName(): string {
  return environment("AWS_REGION");
}

/** Return the endpoint that replaces AWS's, or "". */
export function endpointUrl(): string {
  return process.env["AWS_ENDPOINT_URL"] ?? "";
}

/** Return the credentials of the function's role as they are now. */
export function currentCredentials(client: S3Client): Promise<AwsCredentialIdentity> {
  return client.config.credentials();
}
