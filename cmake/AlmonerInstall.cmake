# libalmoner, the rooms base and extract in one library, and what `cmake --install` puts where.
include(CMakePackageConfigHelpers)

set(ALM_LIBALMONER_ROOMS base extract)
foreach(room ${ALM_LIBALMONER_ROOMS})
  list(APPEND objects $<TARGET_OBJECTS:alm_${room}>)
  get_property(libraries GLOBAL PROPERTY ALM_LIBRARIES_OF_${room})
  list(APPEND dependencies ${libraries})
endforeach()
list(REMOVE_DUPLICATES dependencies)

add_library(libalmoner SHARED ${objects})
add_library(libalmoner_static STATIC ${objects})
foreach(kind "" _static)
  set_target_properties(libalmoner${kind} PROPERTIES OUTPUT_NAME almoner EXPORT_NAME almoner${kind} LINKER_LANGUAGE C)
  target_include_directories(libalmoner${kind} INTERFACE $<INSTALL_INTERFACE:${CMAKE_INSTALL_INCLUDEDIR}>)
endforeach()
# before 1.0 every minor version may change the ABI
set_target_properties(libalmoner PROPERTIES VERSION ${PROJECT_VERSION}
                      SOVERSION ${PROJECT_VERSION_MAJOR}.${PROJECT_VERSION_MINOR})
foreach(dependency ${dependencies})
  target_link_libraries(libalmoner PRIVATE alm_dep_${dependency})
  list(APPEND ALM_PC_REQUIRES ${ALM_MODULE_OF_${dependency}})
endforeach()
target_link_libraries(libalmoner PRIVATE m)
if(CMAKE_BUILD_TYPE STREQUAL "Release" AND NOT ALM_SANITIZE)
  target_link_options(libalmoner PRIVATE -Wl,--no-undefined)
endif()
list(JOIN ALM_PC_REQUIRES " " ALM_PC_REQUIRES)

set(config_dir ${CMAKE_INSTALL_LIBDIR}/cmake/almoner)
file(RELATIVE_PATH ALM_PC_TO_PREFIX /prefix/${CMAKE_INSTALL_LIBDIR}/pkgconfig /prefix)
string(REGEX REPLACE "/$" "" ALM_PC_TO_PREFIX ${ALM_PC_TO_PREFIX})
configure_file(cmake/almoner.pc.in ${PROJECT_BINARY_DIR}/almoner.pc @ONLY)
set(ALM_RULES ${CMAKE_INSTALL_DATADIR}/almoner/rules)
configure_package_config_file(cmake/almoner-config.cmake.in ${PROJECT_BINARY_DIR}/almoner-config.cmake
                              INSTALL_DESTINATION ${config_dir} PATH_VARS ALM_RULES)
write_basic_package_version_file(${PROJECT_BINARY_DIR}/almoner-config-version.cmake COMPATIBILITY SameMinorVersion)

install(TARGETS libalmoner libalmoner_static EXPORT almoner)
install(EXPORT almoner NAMESPACE almoner:: FILE almoner-targets.cmake DESTINATION ${config_dir})
install(FILES ${PROJECT_BINARY_DIR}/almoner-config.cmake ${PROJECT_BINARY_DIR}/almoner-config-version.cmake
        DESTINATION ${config_dir})
install(FILES ${PROJECT_BINARY_DIR}/almoner.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig)
install(FILES extract/almoner.h DESTINATION ${CMAKE_INSTALL_INCLUDEDIR})
if(TARGET almoner)
  install(TARGETS almoner)
  foreach(unit almoner-watch almoner-watch-once)
    configure_file(contrib/systemd/${unit}.service.in ${PROJECT_BINARY_DIR}/contrib/${unit}.service @ONLY)
    install(FILES ${PROJECT_BINARY_DIR}/contrib/${unit}.service DESTINATION lib/systemd/system)
  endforeach()
  install(FILES contrib/systemd/almoner-watch-once.timer DESTINATION lib/systemd/system)
  set(completions ${PROJECT_BINARY_DIR}/completions)
  foreach(shell bash zsh fish)
    add_custom_command(OUTPUT ${completions}/${shell}
      COMMAND ${CMAKE_COMMAND} -E make_directory ${completions}
      COMMAND almoner completion ${shell} > ${completions}/${shell}
      DEPENDS almoner VERBATIM)
    list(APPEND completion_files ${completions}/${shell})
  endforeach()
  add_custom_target(completions ALL DEPENDS ${completion_files})
  install(FILES ${completions}/bash DESTINATION ${CMAKE_INSTALL_DATADIR}/bash-completion/completions RENAME almoner)
  install(FILES ${completions}/zsh DESTINATION ${CMAKE_INSTALL_DATADIR}/zsh/site-functions RENAME _almoner)
  install(FILES ${completions}/fish DESTINATION ${CMAKE_INSTALL_DATADIR}/fish/vendor_completions.d RENAME almoner.fish)
endif()
install(DIRECTORY rules/zh DESTINATION ${CMAKE_INSTALL_DATADIR}/almoner/rules)
install(DIRECTORY schemas/ DESTINATION ${CMAKE_INSTALL_DATADIR}/almoner/schemas FILES_MATCHING PATTERN "*.json")
install(FILES
  man/almoner.1
  man/almoner-completion.1
  man/almoner-crawl.1
  man/almoner-export.1
  man/almoner-extract.1
  man/almoner-fetch.1
  man/almoner-frontier.1
  man/almoner-import.1
  man/almoner-links.1
  man/almoner-report.1
  man/almoner-resolve.1
  man/almoner-robots.1
  man/almoner-rules.1
  man/almoner-schema.1
  man/almoner-sitemap.1
  man/almoner-status.1
  man/almoner-url.1
  man/almoner-values.1
  man/almoner-watch.1
  DESTINATION ${CMAKE_INSTALL_MANDIR}/man1)
install(FILES README.md README.zh-CN.md LICENSE CHANGELOG.md DESTINATION ${CMAKE_INSTALL_DOCDIR})
install(FILES docs/examples/extract_one.c DESTINATION ${CMAKE_INSTALL_DOCDIR}/examples)
