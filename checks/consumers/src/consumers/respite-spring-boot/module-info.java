open module consumer {
    requires dev.respite.spring.boot;
    requires dev.respite.spring;
    requires spring.boot;
    requires spring.boot.autoconfigure;
    requires spring.context;
}
