module consumer {
    requires dev.respite.opentelemetry;
}
