// Prints which tests this build did not run: each tier is a profile.
def verify = 'all that an edit can break quickly, format, Error Prone on main code'
def tiers = [
    ['slow', './mvnw -Pslow verify', 'processes, model checking, theory, long runs, the lab in Node.js'],
    ['compat', './mvnw -Pcompat verify', 'what releases of others could break, each container, each artifact alone, Scala and Groovy, Error Prone on tests'],
    ['faults', 'bin/faults', 'each planted fault, which its test must find'],
    ['mutation', './mvnw -Pmutation verify -pl core -am', 'the mutation score of a module'],
    ['mariadb', './mvnw -Pmariadb verify -pl idempotency/jdbc,durable,checks/stacks/transactions -am', 'the tests of databases on MariaDB'],
    ['browser', './mvnw -Pbrowser verify -pl tools/lab -am', 'the lab in Chromium'],
    ['nginx', './mvnw -Pnginx test -pl checks/stacks/servers -am', 'the HTTP client against nginx'],
    ['spring-faults', './mvnw -Pspring-faults test -pl spring/framework -am', "every fault with each of Spring's HTTP clients"],
    ['spring-boot-4.0', './mvnw -Pspring-boot-4.0 test -pl spring/boot -am', 'the oldest version of Spring Boot'],
]
def active = session.request.activeProfiles
if ('slow' in active || 'compat' in active) {
    tiers.add(0, ['verify', './mvnw verify', verify])
}
log.info('Not run by this build:')
tiers.findAll { !(it[0] in active) }.each { log.info("  ${it[1]}  (${it[2]})") }
