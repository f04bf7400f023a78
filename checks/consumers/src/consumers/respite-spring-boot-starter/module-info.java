open module consumer {
    // Spring makes proxies of classes by it.
    requires jdk.unsupported;
    requires dev.respite.spring.boot;
    requires dev.respite.spring;
    requires spring.boot;
    requires spring.boot.autoconfigure;
    requires spring.beans;
    requires spring.context;
    // For application.yaml. The automatic modules of Spring Boot do not bring it along.
    requires org.yaml.snakeyaml;
}
