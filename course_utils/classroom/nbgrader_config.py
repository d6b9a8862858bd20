"""nbgrader's settings for a folder that ``python3 -m course_utils grade`` filled.

The command copies this file there. The form grader (in JupyterLab the menu Nbgrader),
``nbgrader export`` and ``nbgrader generate_feedback`` then work in that folder as they
are.
"""

c = get_config()  # noqa: F821 - defined by whoever loads this file

c.CourseDirectory.source_directory = "source"
c.CourseDirectory.release_directory = "release"
c.CourseDirectory.submitted_directory = "submitted"
c.CourseDirectory.autograded_directory = "autograded"
c.CourseDirectory.feedback_directory = "feedback_nbgrader"
c.CourseDirectory.db_url = "sqlite:///gradebook.db"
# If somebody runs `nbgrader autograde` all the same: put deleted cells back, do not
# take a warning for a failure, do not wait for kernels to say goodbye.
c.OverwriteCells.add_missing_cells = True
c.IgnorePattern.enabled = True
c.IgnorePattern.pattern = r"(?s).*"
c.ExecutePreprocessor.shutdown_kernel = "immediate"
