// Flat ESLint configuration. A rule stands here only when breaking it has cost somebody money, a leak or an
// afternoon; the reason is beside it. Layout is prettier's business and is switched off below.
import js from '@eslint/js';
import vueI18n from '@intlify/eslint-plugin-vue-i18n';
import vue from 'eslint-plugin-vue';
import accessibility from 'eslint-plugin-vuejs-accessibility';
import tseslint from 'typescript-eslint';
import vueParser from 'vue-eslint-parser';

// Fields whose binary-float value would be a wrong amount of money.
const MONEY = '/(price|quantity|qty|amount|fee|balance|notional|pnl|equity)$/i';
const FLOAT_MONEY = 'Money is a decimal string or a Decimal, never a binary float (design.md section 2).';

const moneyRules = [
  { selector: "CallExpression[callee.name='parseFloat']", message: FLOAT_MONEY },
  {
    selector: "CallExpression[callee.object.name='Number'][callee.property.name='parseFloat']",
    message: FLOAT_MONEY,
  },
  {
    selector: `CallExpression[callee.name='Number'] > MemberExpression.arguments[property.name=${MONEY}]`,
    message: FLOAT_MONEY,
  },
  {
    selector: `CallExpression[callee.name='Number'] > Identifier.arguments[name=${MONEY}]`,
    message: FLOAT_MONEY,
  },
  {
    selector: `UnaryExpression[operator='+'] > MemberExpression[property.name=${MONEY}]`,
    message: FLOAT_MONEY,
  },
];

const houseSyntax = [
  {
    // Node runs main, build and tests from source by type stripping: it does not guess extensions.
    selector:
      'ImportDeclaration[source.value=/^\\.{1,2}\\u002F/]:not([source.value=/\\.(ts|js|cjs|mjs|vue|css|json|svg|png|woff2)(\\?\\w+)?$/])',
    message: 'Relative imports carry their extension (.ts).',
  },
];

/** Type-aware linting needs a program: Node code and window code are two programs. */
const typed = (files, project) => ({
  files,
  extends: [tseslint.configs.recommendedTypeChecked],
  languageOptions: {
    parserOptions: { project, tsconfigRootDir: import.meta.dirname, extraFileExtensions: ['.vue'] },
  },
  rules: {
    // A promise nobody awaits swallows the error of an order that was never sent.
    '@typescript-eslint/no-floating-promises': 'error',
    '@typescript-eslint/no-misused-promises': 'error',
    '@typescript-eslint/no-explicit-any': 'error',
    // A new error kind or order state has to be handled everywhere before it compiles.
    '@typescript-eslint/switch-exhaustiveness-check': [
      'error',
      { considerDefaultExhaustiveForUnions: true, requireDefaultForNonUnion: false },
    ],
    // Node strips types without analysis, so a type import must say that it is one.
    '@typescript-eslint/consistent-type-imports': ['error', { fixStyle: 'inline-type-imports' }],
    // Ports are asynchronous by contract even where today's implementation has nothing to wait for.
    '@typescript-eslint/require-await': 'off',
    '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true, allowBoolean: true }],
    // Refusing control characters is what such patterns are for.
    'no-control-regex': 'off',
    eqeqeq: ['error', 'always', { null: 'ignore' }],
    'no-eval': 'error',
    'no-implied-eval': 'error',
    'no-new-func': 'error',
    // Longer than this nobody reviews it properly.
    'max-lines': ['error', { max: 400 }],
    'max-lines-per-function': ['error', { max: 80, skipBlankLines: true, skipComments: true }],
    'no-restricted-syntax': ['error', ...houseSyntax],
  },
});

export default tseslint.config(
  { ignores: ['node_modules/', 'out/', 'dist/', 'coverage/', 'docs/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  js.configs.recommended,
  {
    files: ['**/*.js', '**/*.cjs', '**/*.mjs'],
    languageOptions: {
      globals: { process: 'readonly', module: 'writable', require: 'readonly', URL: 'readonly' },
    },
  },

  typed(
    ['src-main/**/*.ts', 'src-preload/contract/**/*.ts', 'test/**/*.ts', 'build/**/*.ts', '*.ts'],
    './tsconfig.json',
  ),
  typed(
    [
      'src-renderer/**/*.{ts,vue}',
      'src-preload/*.ts',
      'test/unit/renderer/**/*.ts',
      'test/unit/preload/**/*.ts',
    ],
    './tsconfig.web.json',
  ),
  // TypeScript resolves names better than ESLint does.
  { files: ['**/*.{ts,vue}'], rules: { 'no-undef': 'off' } },

  {
    files: ['src-main/**/*.ts'],
    rules: {
      'no-restricted-syntax': ['error', ...houseSyntax, ...moneyRules],
      // Everything printed goes through the redacting log.
      'no-console': 'error',
    },
  },

  {
    files: ['src-renderer/**/*.vue'],
    extends: [
      vue.configs['flat/recommended'],
      vue.configs['no-layout-rules'],
      accessibility.configs['flat/recommended'],
    ],
    languageOptions: { parser: vueParser, parserOptions: { parser: tseslint.parser } },
    rules: {
      // Outside vue-tsc a component imported from a .vue file has no type; vue-tsc checks these uses.
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      'vue/block-lang': ['error', { script: { lang: 'ts' } }],
      'vue/component-api-style': ['error', ['script-setup']],
      'vue/define-props-declaration': ['error', 'type-based'],
      'vue/define-emits-declaration': ['error', 'type-based'],
      'vue/multi-word-component-names': 'off',
      'vue/require-default-prop': 'off',
      // Texts of venues and files reach the window: never as markup.
      'vue/no-v-html': 'error',
      // A static style attribute is parsed from HTML when Vue hoists it, and the CSP (no 'unsafe-inline') drops it.
      'vue/no-static-inline-styles': 'error',
      // Our label components are nested or use `for`; either ties the label to its control.
      'vuejs-accessibility/label-has-for': ['error', { required: { some: ['nesting', 'id'] } }],
      // A composable handed down as one prop is shared state by design; the prop itself is never replaced.
      'vue/no-mutating-props': ['error', { shallowOnly: true }],
      // Options of our listboxes are reached through aria-activedescendant, which this rule does not know.
      'vuejs-accessibility/interactive-supports-focus': 'off',
      // The unlock screen and dialogs move focus on purpose; reka-ui does it for dialogs.
      'vuejs-accessibility/no-autofocus': 'off',
    },
  },
  {
    files: ['src-renderer/**/*.{ts,vue}'],
    plugins: { '@intlify/vue-i18n': vueI18n },
    settings: {
      'vue-i18n': {
        localeDir: {
          pattern: './src-renderer/locales/*/*.json',
          localeKey: 'path',
          localePattern: /^.*\/locales\/(?<locale>\w+)\/.*\.json$/,
        },
        messageSyntaxVersion: '^11.0.0',
      },
    },
    rules: {
      'max-lines-per-function': ['error', { max: 150, skipBlankLines: true, skipComments: true }],
      // vue-i18n hands out closures, not methods: `const { t } = useI18n()` is safe.
      '@typescript-eslint/unbound-method': 'off',
      '@intlify/vue-i18n/no-missing-keys': 'error',
      '@intlify/vue-i18n/no-v-html': 'error',
      '@intlify/vue-i18n/no-raw-text': [
        'error',
        {
          // Punctuation, signs and units that are the same in every language.
          ignorePattern: '^[\\s\\d.,:;/|()%+\\-–—−×·…•→←↑↓▲▼✓✗≈≤≥#@*&?!"\'`<>=~^_]+$',
          ignoreText: ['Holdfast', 'USDT', 'BTC', 'USD', 'EUR', 'ms', 'x'],
          attributes: {
            '/.+/': ['aria-label', 'aria-description', 'title', 'placeholder', 'alt', 'label'],
          },
        },
      ],
    },
  },
  {
    files: ['test/**/*.ts'],
    rules: {
      // A suite is one long function by design, and a fake venue answers in loosely typed JSON.
      'max-lines-per-function': 'off',
      '@typescript-eslint/no-unsafe-assignment': 'off',
      '@typescript-eslint/no-unsafe-member-access': 'off',
      '@typescript-eslint/no-unsafe-argument': 'off',
      '@typescript-eslint/no-unsafe-call': 'off',
      '@typescript-eslint/no-unsafe-return': 'off',
      '@typescript-eslint/unbound-method': 'off',
    },
  },
);
