module consumer {
    requires dev.respite.grpc;
}
