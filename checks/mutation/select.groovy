// Only the modules that are named by -pl are mutated, not those that are built because they need them.
def named = session.request.selectedProjects.collect { it.replaceFirst('^\\./', '') }
def root = session.request.multiModuleProjectDirectory.canonicalFile.toPath()
def path = root.relativize(project.basedir.canonicalFile.toPath()).toString()
def chosen = named.empty || path in named || ":${project.artifactId}" in named.collect { it.toString() }
project.properties['mutation.off'] = (!chosen || project.properties['mutation.skip'] == 'true').toString()
