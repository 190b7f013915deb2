/// The tables of a ``RecordDatabase``, which has their documentation.
enum DatabaseSchema {
  /// "MAES" in ASCII: identifies a database of records.
  static let applicationID = 0x4D41_4553
  /// Increased when programs that know only earlier versions would misread or damage a database.
  static let version = 3

  /// Value of `head` in the table of tags for tags of the model.
  static let ownHead = ""

  static let sql =
    runs + tracks(named: "tracks") + tags(named: "tags") + indexes + heads + otherTables + view + identity

  private static let runs = """
    CREATE TABLE runs (
      id INTEGER PRIMARY KEY,
      settings TEXT NOT NULL,
      engine TEXT NOT NULL,
      model TEXT NOT NULL,
      model_sha256 TEXT NOT NULL,
      head TEXT,
      head_sha256 TEXT,
      precision TEXT NOT NULL,
      started_at TEXT,
      recipe TEXT
    );

    """

  /// Columns of later versions are last, so that migrated tables equal new ones.
  private static func tracks(named name: String) -> String {
    """
    CREATE TABLE \(name) (
      id INTEGER PRIMARY KEY,
      path TEXT NOT NULL UNIQUE,
      status TEXT NOT NULL CHECK (status IN ('done', 'partial', 'failed')),
      size INTEGER,
      modified_ns INTEGER,
      sha256 TEXT,
      run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
      duration REAL,
      sample_rate INTEGER,
      channels INTEGER,
      format TEXT,
      decoder TEXT,
      patch_count INTEGER,
      error_stage TEXT CHECK (error_stage IN ('open', 'decode', 'analyze')),
      error_code TEXT,
      error_message TEXT,
      tag_count INTEGER,
      embedding_count INTEGER,
      patch_row_count INTEGER,
      curve_patch_count INTEGER,
      curve_label_count INTEGER,
      later_error_stage TEXT CHECK (later_error_stage IN ('open', 'decode', 'analyze')),
      later_error_code TEXT,
      later_error_message TEXT,
      later_error_settings TEXT,
      warnings TEXT,
      lost_seconds REAL,
      sound_sha256 TEXT,
      cue TEXT
    );

    """
  }

  /// `head` is empty for tags of the model, or of the head that replaces its own.
  private static func tags(named name: String) -> String {
    """
    CREATE TABLE \(name) (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      head TEXT NOT NULL DEFAULT '',
      rank INTEGER NOT NULL,
      label TEXT NOT NULL,
      activation REAL NOT NULL,
      PRIMARY KEY (track_id, head, rank)
    ) WITHOUT ROWID;

    """
  }

  private static let indexes = """
    CREATE INDEX tracks_of_run ON tracks (run_id);
    CREATE INDEX tags_of_label ON tags (label, activation);

    """

  private static let heads = """
    CREATE TABLE heads (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      sha256 TEXT NOT NULL,
      PRIMARY KEY (track_id, name)
    ) WITHOUT ROWID;

    """

  private static let otherTables = """
    CREATE TABLE embeddings (
      id INTEGER PRIMARY KEY,
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      name TEXT NOT NULL,
      patch INTEGER NOT NULL,
      shape TEXT NOT NULL,
      vector BLOB,
      file TEXT,
      UNIQUE (track_id, name, patch)
    );

    CREATE TABLE patches (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      patch INTEGER NOT NULL,
      "start" REAL NOT NULL,
      "end" REAL NOT NULL,
      PRIMARY KEY (track_id, patch)
    ) WITHOUT ROWID;

    CREATE TABLE curves (
      track_id INTEGER NOT NULL REFERENCES tracks (id) ON DELETE CASCADE,
      rank INTEGER NOT NULL,
      label TEXT NOT NULL,
      activations BLOB NOT NULL,
      PRIMARY KEY (track_id, rank)
    ) WITHOUT ROWID;

    """

  private static let view = """
    CREATE VIEW annotations AS
      SELECT tracks.path, tracks.status,
        (SELECT group_concat(label, ', ')
          FROM (SELECT label FROM tags WHERE track_id = tracks.id AND head = '' ORDER BY rank)) AS tags,
        tracks.duration, tracks.format, tracks.sample_rate, tracks.channels, tracks.patch_count,
        tracks.lost_seconds, tracks.error_stage, tracks.error_code, tracks.error_message,
        runs.model, runs.head, runs.settings, runs.engine, runs.started_at,
        tracks.id AS track_id, tracks.run_id
      FROM tracks JOIN runs ON runs.id = tracks.run_id;

    """

  private static let identity = """
    PRAGMA application_id = \(applicationID);
    PRAGMA user_version = \(version);
    """

  /// Migrates tables of an earlier version to the current one, in a transaction with foreign key checks disabled.
  ///
  /// - Parameter version: of the tables; at most the current one.
  static func migration(from version: Int) -> String {
    switch version {
    case 1: fromVersion1
    case 2: fromVersion2
    default: ""
    }
  }

  /// New tables are filled and renamed, as the SQLite documentation recommends, so that references to them stay valid.
  private static let fromVersion1 = """
    DROP VIEW annotations;
    ALTER TABLE runs ADD COLUMN recipe TEXT;
    \(tracks(named: "tracks_new"))
    INSERT INTO tracks_new (
      id, path, status, size, modified_ns, sha256, run_id, duration, sample_rate, channels, format, decoder,
      patch_count, error_stage, error_code, error_message,
      tag_count, embedding_count, patch_row_count, curve_patch_count, curve_label_count
    ) SELECT
      id, path, status, size, modified_ns, sha256, run_id, duration, sample_rate, channels, format, decoder,
      patch_count, error_stage, error_code, error_message,
      tag_count, embedding_count, patch_row_count, curve_patch_count, curve_label_count
      FROM tracks;
    DROP TABLE tracks;
    ALTER TABLE tracks_new RENAME TO tracks;
    \(tags(named: "tags_new"))
    INSERT INTO tags_new (track_id, rank, label, activation) SELECT track_id, rank, label, activation FROM tags;
    DROP TABLE tags;
    ALTER TABLE tags_new RENAME TO tags;
    \(indexes)
    \(heads)
    \(view)
    PRAGMA user_version = \(version);
    """

  private static let fromVersion2 = """
    DROP VIEW annotations;
    ALTER TABLE tracks ADD COLUMN lost_seconds REAL;
    ALTER TABLE tracks ADD COLUMN sound_sha256 TEXT;
    ALTER TABLE tracks ADD COLUMN cue TEXT;
    \(view)
    PRAGMA user_version = \(version);
    """
}
