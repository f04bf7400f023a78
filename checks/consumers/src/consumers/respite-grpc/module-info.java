module consumer {
    requires dev.respite.grpc;
    // The server and the client use it by Guava, whose module does not require it.
    requires com.google.common.util.concurrent.internal;
}
