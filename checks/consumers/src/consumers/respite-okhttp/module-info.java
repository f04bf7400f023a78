module consumer {
    requires dev.respite.okhttp;
    requires jdk.httpserver;
}
