/** Retries for gRPC. */
module dev.respite.grpc {
    requires transitive dev.respite;
    requires transitive dev.respite.admission;
    requires transitive io.grpc;
    requires static com.google.protobuf;
    requires static org.jspecify;

    exports dev.respite.grpc;
}
