module consumer {
    requires dev.respite;
    requires dev.respite.spring.boot.test;
    requires java.net.http;
    requires jdk.httpserver;
    requires spring.web;
}
