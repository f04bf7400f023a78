open module consumer {
    requires dev.respite.spring;
}
