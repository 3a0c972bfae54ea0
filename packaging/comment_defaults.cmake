# kith_comment_defaults(INPUT OUTPUT): the example configuration as a package installs it. Every key is commented out but
# those that only hold others, so that a later version's defaults hold where an admin chose nothing.
function(kith_comment_defaults input output)
  file(READ ${input} text)
  string(REGEX REPLACE "^(#[^\n]*\n)+" "" text "${text}")  # tells of the example
  string(REGEX REPLACE "\n( *)([a-z][a-z0-9_]*: )" "\n\\1#\\2" text "${text}")
  file(WRITE ${output} "# kith's configuration: a key without its '#' says something else than the default. All of them: man kith.yaml\n\
# After a change: kithd --check-config && systemctl restart kithd\n${text}")
endfunction()
