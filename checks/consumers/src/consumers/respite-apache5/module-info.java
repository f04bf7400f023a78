module consumer {
    requires dev.respite.apache5;
    requires jdk.httpserver;
}
