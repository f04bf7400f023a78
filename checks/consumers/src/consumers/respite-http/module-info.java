module consumer {
    requires dev.respite.http;
    requires jdk.httpserver;
}
