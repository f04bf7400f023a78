module consumer {
    requires dev.respite;
}
