/** AWS's clients: each is made once, when the function's module is loaded. */

import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { version as SDK_VERSION } from "@aws-sdk/client-dynamodb/package.json";
import { S3Client } from "@aws-sdk/client-s3";
import type {
  AwsCredentialIdentity,
  HttpRequest,
  MiddlewareStack,
} from "@aws-sdk/types";
import toFastProperties from "to-fast-properties";

// An answer must come within the function's 29 s. One call is 2 attempts, each of at
// most 1 s to connect (for every address of the host) and 3 s to read, and a pause
// between, which AWS may ask for: within the 15 s that `Deadline` keeps for it.
const CONFIG = {
  // The chain of middleware is the same for each command of a kind.
  cacheMiddleware: true,
  maxAttempts: 2,
  retryMode: "standard",
  requestHandler: {
    connectionTimeout: 1_000,
    socketTimeout: 3_000,
    // As many as lists can have shards.
    httpAgent: { maxSockets: 32 },
    httpsAgent: { maxSockets: 32 },
  },
};

const USER_AGENT = `aws-sdk-js/${SDK_VERSION}`;

/** Return a new client; AWS_ENDPOINT_URL is honoured. */
export function dynamodbClient(): DynamoDBClient {
  const client = new DynamoDBClient(CONFIG);
  lighten(client.middlewareStack);
  // It is made in so many steps that V8 keeps it as a hash table, which is slow to copy,
  // and each call copies it several times.
  toFastProperties(client.config);
  return client;
}

/** Return a new client; AWS_ENDPOINT_URL is honoured, with the bucket in the path. */
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
 * Rid a client of what it would do anew for each call, to no purpose here.
 *
 * It prepares what it would log, though it has no logger, and puts its name for AWS's
 * statistics together, which is told by a constant instead.
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

/** Return a variable of the function's environment; throws where it is not set. */
export function environment(name: string): string {
  const value = process.env[name];
  if (value === undefined) throw new RangeError(`${name} is not set`);
  return value;
}

/** Return the region of the function. */
export function regionName(): string {
  return environment("AWS_REGION");
}

/** Return the endpoint that is in place of AWS's own, "" where none is. */
export function endpointUrl(): string {
  return process.env["AWS_ENDPOINT_URL"] ?? "";
}

/** Return the credentials of the function's role as they are now. */
export function currentCredentials(client: S3Client): Promise<AwsCredentialIdentity> {
  return client.config.credentials();
}
