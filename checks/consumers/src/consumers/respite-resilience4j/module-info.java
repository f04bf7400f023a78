module consumer {
    requires dev.respite.resilience4j;
}
