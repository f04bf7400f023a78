// Counts the mutants of a module and fails below its limits. PIT's own score counts a time-out as found; here it is counted apart.
import groovy.xml.XmlSlurper

if (project.properties['mutation.off'] == 'true') return
def report = new File(project.build.directory, 'pit-reports/mutations.xml')
def mutants = new XmlSlurper().parse(report).mutation.collect {
    [status: it.@status.text(), type: it.mutatedClass.text(), method: it.mutatedMethod.text(), line: it.lineNumber.text(), what: it.description.text()]
}
def percent = { found, all -> all == 0 ? 100 : (1000 * found).intdiv(all) / 10 }
def score = { some ->
    def counts = some.countBy { it.status }
    def late = counts.TIMED_OUT ?: 0
    def found = counts.KILLED ?: 0
    [percent: percent(found, some.size()),
     text   : "${some.size()} mutants, ${found} found, ${counts.SURVIVED ?: 0} survived, ${counts.NO_COVERAGE ?: 0} without coverage, " +
             "${late} timed out, ${some.size() - found - late - (counts.SURVIVED ?: 0) - (counts.NO_COVERAGE ?: 0)} ended otherwise"]
}
new File(project.build.directory, 'pit-reports/survivors.txt').text = mutants.findAll { it.status != 'KILLED' }
        .collect { "${it.status} ${it.type}.${it.method}:${it.line} ${it.what}" }.sort().join('\n') + '\n'

def low = []
def check = { name, some, limit ->
    def of = score(some)
    log.info("Mutation score of ${name}: ${of.percent} % (at least ${limit}): ${of.text}")
    if (of.percent < limit) low << "${name}: ${of.percent} %, at least ${limit} is required"
}
check(project.artifactId, mutants, project.properties['mutation.limit'] as int)
project.properties['mutation.pure'].tokenize(', ').each { pure ->
    check(pure, mutants.findAll { it.type.startsWith(pure + '.') || it.type == pure || it.type.startsWith(pure + '$') }, 90)
}
if (low) throw new RuntimeException("Mutation score too low. ${low.join('; ')}. The survivors are in target/pit-reports/survivors.txt")
