/** Retries and admission for gRPC. Start with {@link dev.respite.grpc.GrpcRetry} or {@link dev.respite.grpc.GrpcAdmission}. */
@NullMarked
package dev.respite.grpc;

import org.jspecify.annotations.NullMarked;
