module consumer {
    requires dev.respite.http.exchange;
    requires jdk.httpserver;
}
