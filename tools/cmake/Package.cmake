include(CMakePackageConfigHelpers)
set(MP_CMAKE_INSTALL_DIR ${CMAKE_INSTALL_LIBDIR}/cmake/MP)
configure_package_config_file(tools/cmake/MPConfig.cmake.in MPConfig.cmake
  INSTALL_DESTINATION ${MP_CMAKE_INSTALL_DIR}
  PATH_VARS CMAKE_INSTALL_INCLUDEDIR CMAKE_INSTALL_BINDIR)
write_basic_package_version_file(MPConfigVersion.cmake
  COMPATIBILITY SameMinorVersion)
install(EXPORT MPTargets NAMESPACE mp:: DESTINATION ${MP_CMAKE_INSTALL_DIR})
install(FILES ${PROJECT_BINARY_DIR}/MPConfig.cmake
              ${PROJECT_BINARY_DIR}/MPConfigVersion.cmake
        DESTINATION ${MP_CMAKE_INSTALL_DIR})
install(DIRECTORY include/ ${PROJECT_BINARY_DIR}/include/
        DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}
        FILES_MATCHING PATTERN "*.h" PATTERN "*.td" PATTERN "*.inc"
        PATTERN CMakeFiles EXCLUDE)
