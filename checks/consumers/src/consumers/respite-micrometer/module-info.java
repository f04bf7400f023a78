module consumer {
    requires dev.respite.micrometer;
}
