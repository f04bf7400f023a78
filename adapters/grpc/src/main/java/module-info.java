/**
 * Retries for gRPC.
 *
 * @since 0.1
 */
module dev.respite.grpc {
    requires transitive dev.respite;
    requires transitive dev.respite.admission;
    requires transitive io.grpc;
    requires static com.google.protobuf;
    requires static org.jspecify;

    exports dev.respite.grpc;
}
